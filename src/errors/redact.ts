/** The text with credentials in URLs, Authorization values and signed query parameters replaced by `***`. */
export function redact(text: string): string {
  return (
    text
      .replace(/(:\/\/)[^\s/@]+@/g, '$1***@')
      .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 ***')
      // Schemes are case-insensitive (RFC 9110, 11.1), but in prose lower-case words of that name are no secrets.
      .replace(/\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"',]+/gi, '$1***')
      .replace(/([?&](?:sig|signature|token|access_token|X-Amz-[A-Za-z-]+|se|sp)=)[^&\s"]+/gi, '$1***')
  );
}
