/** The `T:` lines of all threads as one line: most cycles, least minimum, greatest maximum. */
export function statusLine(threads: readonly string[]): string {
  const figures = threads.map((line) => {
    const figure = (name: string) => Number(new RegExp(`${name}: *(\\d+)`).exec(line)?.[1] ?? 0);
    return { cycles: figure('C'), min: figure('Min'), avg: figure('Avg'), max: figure('Max') };
  });
  const of = (pick: (thread: (typeof figures)[number]) => number) => figures.map(pick);
  const average = of(({ avg }) => avg).reduce((sum, avg) => sum + avg, 0) / (figures.length || 1);
  return [
    `cyclictest: ${figures.length} threads`,
    `${Math.max(0, ...of(({ cycles }) => cycles))} cycles`,
    `min ${Math.min(...of(({ min }) => min))}`,
    `avg ${Math.round(average)}`,
    `max ${Math.max(0, ...of(({ max }) => max))}`,
  ].join(', ');
}
