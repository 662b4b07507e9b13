/** The Authorization header for a user and password. */
export function basicHeader(pair: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${pair.username}:${pair.password}`).toString('base64')}`;
}
