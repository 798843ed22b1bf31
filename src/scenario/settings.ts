import type { Problem } from '../user-error.ts';
import type { JsonPath } from './json-source.ts';
import { isObject, type LayeredDocument, pathText, valueAt } from './merge.ts';
import { scenarioFields } from './schema.ts';

/** A `--set path=value` taken apart. */
export interface Setting {
  readonly option: string;
  readonly path: JsonPath;
  readonly value: unknown;
}

const MAX_SETTING_CHARACTERS = 100_000;

/**
 * `host.kvm.halt_poll_ns=0`: the value is JSON (number, true, null, list, object), or else the bare text.
 * Where only text is allowed it needs no quotes: 4.10 is a release, not the number 4.1.
 */
export function parseSetting(text: string): Setting | Problem {
  const option = `--set ${text.slice(0, 100)}`;
  const separator = text.indexOf('=');
  const path = text.slice(0, separator).split('.');
  if (separator < 1 || path.includes('') || text.length > MAX_SETTING_CHARACTERS) {
    return {
      path: option,
      message: 'is no setting',
      hint: 'path=value, as in host.kvm.enable_hv_timer=false',
    };
  }
  return {
    option,
    path,
    value: bareValue(text.slice(separator + 1), scenarioFields.catalogue().takesText(path)),
  };
}

export const isProblem = (parsed: Setting | Problem): parsed is Problem => 'message' in parsed;

/**
 * Writes the setting into the document; a problem where the path leads through something that has no such
 * part.
 */
export function applySetting(
  document: LayeredDocument,
  { option, path, value }: Setting,
): Problem | undefined {
  for (let length = 0; length < path.length; length += 1) {
    const container = existing(document, path.slice(0, length));
    const key = String(path[length]);
    const place = pathText(path.slice(0, length)) || 'the scenario';
    if (Array.isArray(container)) {
      const isElement = /^(0|[1-9]\d*)$/.test(key) && Number(key) < container.length;
      if (!isElement)
        return { path: option, message: `${place} has no element "${key}"`, hint: elements(container) };
    } else if (container !== undefined && container !== null && !isObject(container)) {
      return { path: option, message: `${place} is ${JSON.stringify(container)}, which has no fields` };
    }
  }
  document.put(path, value, { kind: 'set', name: option, locate: () => undefined });
  return undefined;
}

/** What is at `path`, with the one vCPU that a scenario has by default. */
function existing(document: LayeredDocument, path: JsonPath): unknown {
  const current = valueAt(document.value, path);
  return current === undefined && pathText(path) === 'vcpus' ? [{}] : current;
}

function elements({ length }: readonly unknown[]): string {
  if (length === 0) return 'the list is empty; set it as a whole, as in vcpus=[{},{}]';
  return `elements are 0 to ${length - 1}; another number of them is set as a whole, as in vcpus=[{},{}]`;
}

/** JSON where the text is JSON (number, true, null, list, object), else the text itself. */
export function bareValue(text: string, isText = false): unknown {
  if (isText && text !== 'null' && !text.startsWith('"')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
