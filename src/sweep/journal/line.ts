import { crc32 } from 'node:zlib';
import type { PointRecord } from '../record.ts';

/** A finished point, named by the content hash of what was run. */
export interface FinishedPoint {
  readonly hash: string;
  readonly record: PointRecord;
}

/** One line of a journal: the JSON of `content` with the CRC-32 of all that stands before it as last field. */
export function sealLine(content: object): string {
  const open = JSON.stringify(content).slice(0, -1);
  return `${open},"crc":"${checksum(open)}"}\n`;
}

const SEALED = /,"crc":"([0-9a-f]{8})"\}$/;

/** The content of a line without its line break, or undefined when a byte of it was changed. */
export function openLine(line: string): unknown {
  const seal = SEALED.exec(line);
  if (seal === null) return undefined;
  const open = line.slice(0, seal.index);
  return checksum(open) === seal[1] ? JSON.parse(`${open}}`) : undefined;
}

export function isFinishedPoint(value: unknown): value is FinishedPoint {
  const point = value as Partial<FinishedPoint> | null | undefined;
  return typeof point?.hash === 'string' && typeof point.record === 'object' && point.record !== null;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
