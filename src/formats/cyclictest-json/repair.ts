/**
 * Makes JSON of what cyclictest prints instead: `-nan` as mean of no samples, and a command line whose quotes
 * and backslashes are not escaped.
 */
export function repairCyclictestJson(json: string): string {
  return json
    .replace(/(:[ \t]*)-?(?:nan|inf)(?=[ \t]*[,}\r\n])/g, '$1null')
    .replace(/^([ \t]*"cmdline:?": ")(.*)(",?)[ \t]*$/m, (_, before: string, raw: string, after: string) => {
      return before + JSON.stringify(raw).slice(1, -1) + after;
    });
}
