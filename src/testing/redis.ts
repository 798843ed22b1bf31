import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly port: number;
  /** 0 without TLS. */
  readonly tlsPort: number;
  readonly url: string;
  /** Ends the server without warning. */
  kill(): Promise<void>;
  /** Starts it again on what it has written to disk. */
  start(): Promise<void>;
  /** Ends it for good and removes its folder. */
  remove(): Promise<void>;
}

/** A certificate for localhost that is its own authority; made for these tests, and trusted by nobody else. */
export const CERTIFICATE = fileURLToPath(new URL('./fixtures/localhost-cert.pem', import.meta.url));
const KEY = fileURLToPath(new URL('./fixtures/localhost-key.pem', import.meta.url));

/**
 * A real Redis server (Debian's redis-server) on a free loopback port, with a folder of its own and persistence. With
 * `tls` it has a second port for TLS.
 */
export async function startRedis(password?: string, tls = false): Promise<RedisServer> {
  const [port, tlsPort] = [await freePort(), tls ? await freePort() : 0];
  const folder = mkdtempSync(join(tmpdir(), 'kvmtimer-redis-'));
  const login = password === undefined ? '' : `:${password}@`;
  const url = `redis://${login}127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const persistence = ['--appendonly', 'yes', '--appendfsync', 'always'];
    const access = password === undefined ? [] : ['--requirepass', password];
    const certificate = ['--tls-cert-file', CERTIFICATE, '--tls-key-file', KEY, '--tls-auth-clients', 'no'];
    const secure = tls ? ['--tls-port', String(tlsPort), ...certificate] : [];
    child = spawn('redis-server', [...options, ...persistence, ...access, ...secure], { stdio: 'ignore' });
    await answers(url);
  };
  const kill = async () => {
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    tlsPort,
    url,
    kill,
    start,
    remove: async () => {
      if (child?.exitCode === null && child.signalCode === null) await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answers(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  try {
    await Promise.race([client.connect().catch(() => client.ping()), delay(20_000)]);
    await client.ping();
  } finally {
    client.disconnect();
  }
}
