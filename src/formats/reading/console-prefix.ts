export interface LabelledText {
  /** Who wrote the line ("VM 3"), where a log mixes several sources; else empty. */
  readonly label: string;
  readonly text: string;
}

/** `[VM 3] `, `[   12.345678] `, `[2026-11-22 12:00:00] `; a shell prompt `[root@host ~]# ` is none. */
const BRACKET = /^\[([^\][@{}"]{1,64})\][ \t]?/;
/** `2026-11-22T12:00:00.123Z ` and `12:00:00.123 `. */
const CLOCK = /^(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?:?[ \t]/;
/** `Nov 22 12:00:00 host name[123]: `, or only the time. */
const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:([\w.-]{1,64}) [\w./-]{1,64}(?:\[\d+\])?: )?/;
/** `vm3  | `, as container tools label their lines. */
const PIPE = /^([\w.-]{1,64}) *\| /;

const TIMESTAMP = /^[ \d]*\d[.:-][\d.:TZ+, -]*$/;

/** Takes what a console, a logger or a container tool put before a line off it. */
export function withoutPrefix(line: string): LabelledText {
  let text = line;
  const labels: string[] = [];
  for (let layers = 0; layers < 4; layers++) {
    const match = prefixOf(text);
    if (match === null) break;
    const name = match[1]?.trim();
    if (name && !TIMESTAMP.test(name)) labels.push(name);
    text = text.slice(match[0].length);
  }
  return { label: labels.join(' '), text };
}

/** Looks at single characters first: nearly all lines have no prefix, and there may be millions. */
function prefixOf(text: string): RegExpExecArray | null {
  const first = text[0];
  if (first === '[') return BRACKET.exec(text);
  if (first >= '0' && first <= '9' && (text[2] === ':' || text[4] === '-')) return CLOCK.exec(text);
  if (first >= 'A' && first <= 'Z' && text[6] === ' ' && text[9] === ':') return SYSLOG.exec(text);
  return PIPE.exec(text);
}
