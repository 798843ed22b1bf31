import { describe, expect, it } from 'vitest';
import { writeAnnotations } from './annotations.ts';

describe('writeAnnotations', () => {
  it('writes workflow commands whose texts cannot start another', () => {
    const annotations = [
      { level: 'error', title: 'gate: p99, max', message: '5% worse\n::error::fake\r', file: 'a,b:c.json' },
      { level: 'notice', title: 'passed', message: 'all: well' },
    ] as const;
    expect(writeAnnotations(annotations)).toBe(
      '::error file=a%2Cb%3Ac.json,title=gate%3A p99%2C max::5%25 worse%0A::error::fake%0D\n' +
        '::notice title=passed::all: well\n',
    );
  });
});
