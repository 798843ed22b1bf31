import type { ParameterValue } from './plan/design.ts';

/** "host.kvm.halt_poll_ns=0, guest.idle=hlt" */
export function describeValues(parameters: readonly string[], values: readonly ParameterValue[]): string {
  const named = parameters.map((path, index) => `${path}=${valueText(values[index])}`);
  return named.join(', ') || 'the base alone';
}

/** A value as it is typed after `--set path=`; empty where there is none. */
export function valueText(value: ParameterValue): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
