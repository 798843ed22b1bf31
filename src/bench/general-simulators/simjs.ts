import { createRequire } from 'node:module';
import { type Chain, type ChainRun, eventsOf } from './chain.ts';

interface Simulation {
  time(): number;
  addEntity(kind: new (...args: never[]) => Entity): unknown;
  simulate(endTime: number): boolean;
}

interface Entity {
  start(): void;
  time(): number;
  setTimer(duration: number): { done(callback: () => void): unknown };
}

interface Simjs {
  readonly Sim: new () => Simulation;
  readonly Entity: new (...args: never[]) => Entity;
}

const require = createRequire(import.meta.url);
const { Sim, Entity } = load();
const { version } = require('simjs/package.json') as { version: string };

/** The package is a bundle for browsers that leaves its classes on `window`. */
function load(): Simjs {
  const scope = globalThis as { window?: { Sim?: Simjs } };
  const window: { Sim?: Simjs } = {};
  scope.window = window;
  require('simjs');
  delete scope.window;
  return window.Sim!;
}

/** SIM.JS: the process is an entity, each event a timer with a callback. */
export function runSimjs(chain: Chain): ChainRun {
  let latency = 0;

  class TimerProcess extends Entity {
    private loop = 0;
    private deadline = 0;
    private stage = 0;

    override start(): void {
      if (this.loop++ === chain.loops) return;
      this.setTimer(chain.arm).done(() => this.wait());
    }

    private wait(): void {
      this.deadline = this.time() + chain.wait;
      this.stage = 0;
      this.setTimer(chain.wait).done(() => this.next());
    }

    private next(): void {
      if (this.stage < chain.late.length) this.setTimer(chain.late[this.stage++]).done(() => this.next());
      else {
        latency += this.time() - this.deadline;
        this.start();
      }
    }
  }

  const simulation = new Sim();
  simulation.addEntity(TimerProcess);
  const before = process.cpuUsage();
  simulation.simulate(Number.MAX_SAFE_INTEGER);
  const { user, system } = process.cpuUsage(before);
  return { version, nsPerEvent: ((user + system) * 1000) / eventsOf(chain), latency };
}
