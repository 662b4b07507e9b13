/** The proot that scripts/install-test-tools.ts builds; it lies in no PATH, as most machines have none that works. */
export const TEST_PROOT = '/usr/local/lib/ts-kaniko-tests/proot';
