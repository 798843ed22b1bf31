export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const TOKEN = /<\?[^?]*\?>|<(\/?)([\w.-]+)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads well-formed XML of elements, attributes and text; throws at anything else, such as a stray `&` or `<`. */
export function parseXml(xml: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const scanner = new RegExp(TOKEN);
  while (scanner.lastIndex < xml.length) {
    const start = scanner.lastIndex;
    const match = scanner.exec(xml);
    if (match === null) throw new Error(`not XML at ${JSON.stringify(xml.slice(start, start + 40))}`);
    const [, closing, name, attributes, selfClosing, text] = match;
    const current = open.at(-1)!;
    if (text !== undefined) current.text += decodeText(text);
    if (name === undefined) continue;
    if (closing === '/') {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
      continue;
    }
    const element: XmlElement = { name, attributes: readAttributes(attributes!), children: [], text: '' };
    current.children.push(element);
    if (selfClosing !== '/') open.push(element);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one closed root element');
  return root.children[0]!;
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w.-]+)="([^"]*)"/g)];
  if (new Set(pairs.map(([, name]) => name)).size !== pairs.length)
    throw new Error(`attribute given twice:${text}`);
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, decodeText(value!)]));
}

function decodeText(text: string): string {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    throw new Error('a character that XML forbids');
  return text.replace(/&([a-z]*;?)/g, (_, name: string) => {
    const value = name.endsWith(';') ? ENTITIES[name.slice(0, -1)] : undefined;
    if (value === undefined) throw new Error(`no entity: &${name}`);
    return value;
  });
}
