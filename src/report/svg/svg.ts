/** SVG as text: the same picture is the same bytes. Coordinates are rounded to hundredths of a pixel. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const shown = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeText(value!)}"`)
    .join('');
  return content.length === 0 ? `<${name}${shown}/>` : `<${name}${shown}>${content.join('')}</${name}>`;
}

export function label(text: string, attributes: Attributes): string {
  return element('text', attributes, escapeText(text));
}

/** A whole picture: white ground, one font, title for readers that cannot see it. */
export function picture(width: number, height: number, title: string, content: readonly string[]): string {
  const frame = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${round(width)} ${round(height)}`,
    role: 'img',
    'font-family': 'system-ui, sans-serif',
    'font-size': 12,
    fill: '#222',
  };
  const ground = element('rect', { width, height, fill: '#fff' });
  const lines = [element('title', {}, escapeText(title)), ground, ...content];
  return `${element('svg', frame, `\n${lines.join('\n')}\n`)}\n`;
}

/** Numbers for d3 paths. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function escapeText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A text of at most `length` characters. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
