import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { packModel } from './pack.ts';

/** A step of the build: packs the model that the build has just compiled, for the compiler to read. */
const dist = new URL('../../', import.meta.url);
const paths = ['machine', 'simulation'].flatMap((room) =>
  readdirSync(new URL(room, dist), { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`),
);
const modules = [...paths, 'time.js'].filter((path) => path.endsWith('.js')).sort();
const sources = modules.map((path) => [path, readFileSync(new URL(path, dist), 'utf8')]);
writeFileSync(new URL('compiler/model.json', dist), JSON.stringify(packModel(Object.fromEntries(sources))));
