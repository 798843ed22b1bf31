import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Direction, Knob } from './knob.ts';
import { KNOBS } from './knobs.ts';
import { knobTable } from './table.ts';
import { loadShipped, type Shown, type Turn, turn } from './turn.ts';

const DOCUMENT = fileURLToPath(new URL('../../../docs/model.md', import.meta.url));
const BEGIN = '<!-- knobs: `npx vitest run src/testing/knobs -u` writes this -->';
const END = '<!-- end of knobs -->';

const shipped = await loadShipped();
const turned = new Map<Knob, Shown[]>();

function turnedOnce(knob: Knob): Shown[] {
  const shown = turned.get(knob) ?? turn(knob, shipped);
  turned.set(knob, shown);
  return shown;
}

function isRight(direction: Direction, { from, to }: Turn): boolean {
  if (direction === 'same') return to === from;
  return direction === 'up' ? to > from : to < from;
}

describe('one knob at a time, over all shipped scenarios', () => {
  test.each(KNOBS)('$name', (knob) => {
    for (const { effect, turns } of turnedOnce(knob)) {
      const what = `${effect.figure.name} ${effect.direction} on ${effect.on.words}`;
      expect
        .soft(
          turns.filter((one) => !isRight(effect.direction, one)),
          what,
        )
        .toEqual([]);
      expect.soft(turns.length, `scenarios: ${what}`).toBeGreaterThan(0);
    }
  });

  test('the table stands in the document', { timeout: 600_000 }, async () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    const [before, rest] = text.split(BEGIN);
    const after = rest.split(END)[1];
    const table = knobTable(KNOBS.map((knob) => ({ knob, shown: turnedOnce(knob) })));
    await expect(`${before}${BEGIN}\n\n${table}\n${END}${after}`).toMatchFileSnapshot(DOCUMENT);
  });
});

describe('a turn', () => {
  const [base] = shipped.filter(({ scenario }) => scenario.name === 'base-linux-6.1');
  const { effects } = KNOBS[0];

  test('that the workload does not know or that changes nothing is none', () => {
    const unknown = { 'workload.nothing': 1 };
    expect(turn({ name: '', from: {}, to: unknown, effects }, [base])[0].turns).toEqual([]);
    expect(turn({ name: '', from: {}, to: {}, effects }, [base])[0].turns).toEqual([]);
  });

  test('tells the figure before and after', () => {
    const [{ turns }] = turn(KNOBS[0], [base]);
    expect(turns).toEqual([{ scenario: 'base-linux-6.1', from: expect.closeTo(1.25, 1), to: 0 }]);
  });
});
