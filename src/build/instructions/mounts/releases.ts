/** What has to be given back once a RUN ended. */
export class Releases {
  readonly #due: (() => Promise<void> | void)[] = [];

  add(release: () => Promise<void> | void): void {
    this.#due.push(release);
  }

  /** Gives everything back, the latest first. Throws the first failure after all were tried. */
  async all(): Promise<void> {
    const failures: unknown[] = [];
    for (const release of this.#due.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
