import { guestKnobs } from './guest-knobs.ts';
import { hostKnobs } from './host-knobs.ts';
import type { Knob } from './knob.ts';
import { kvmKnobs } from './kvm-knobs.ts';
import { releaseKnobs } from './release-knobs.ts';

/** The knobs of the table in docs/model.md, in its order. */
export const KNOBS: readonly Knob[] = [...kvmKnobs, ...hostKnobs, ...guestKnobs, ...releaseKnobs];
