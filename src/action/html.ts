/** Text as HTML that shows it and does nothing else; no Markdown in it comes to life either. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`*_[\]|\\!#~$:@]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A table; the cells are HTML already. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  const lines = [...(head.length === 0 ? [] : [line(head, 'th')]), ...rows.map((cells) => line(cells, 'td'))];
  return `<table>\n${lines.join('\n')}\n</table>\n`;
}

/** Text from outside in the type of code. */
export function htmlCode(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}
