const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/**
 * The proxy variables that RUN is given without any ARG, in both spellings: those among the build arguments that have a
 * value. They win over ENV and ARG, and show in no history row.
 */
export function proxyVariables(buildArgs: Readonly<Record<string, string>>): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(buildArgs).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const upper = name.toUpperCase();
    if (value === '' || !PROXIES.includes(upper)) continue;
    variables[upper] = value;
    variables[upper.toLowerCase()] = value;
  }
  return variables;
}
