import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kvmtimer } from '../../../testing/command.ts';
import { CERTIFICATE, freePort, type RedisServer, startRedis } from '../../../testing/redis.ts';
import { assertReachable, parseQueueAddress } from './connection.ts';

async function refusal(url: string): Promise<string> {
  try {
    await assertReachable(parseQueueAddress(url));
  } catch (error) {
    return (error as Error).message;
  }
  return 'reachable';
}

describe('parseQueueAddress', () => {
  it('never shows user or password', () => {
    expect(parseQueueAddress('rediss://me:geheim@host:7000/2').shown).toBe('rediss://host:7000/2');
    expect(parseQueueAddress('redis://:geheim@host').shown).toBe('redis://host');
  });
  it.each(['', 'host:6379', 'http://me:geheim@host', 'redis://', '/me:geheim@'])('refuses "%s"', (text) => {
    expect(() => parseQueueAddress(text)).toThrow(
      /^--queue: (is|names) no[^:]* \(redis:\/\/host:6379|^--queue: is not the URL of a Redis/,
    );
    expect(() => parseQueueAddress(text)).not.toThrow(/geheim/);
  });
});

describe('assertReachable', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis('secret');
  });
  afterAll(() => redis.remove());
  const at = (login: string) => `redis://${login}127.0.0.1:${redis.port}`;

  it('accepts the right password', async () => {
    expect(await refusal(redis.url)).toBe('reachable');
  });
  it('tells a wrong password from a missing one, and shows neither', async () => {
    expect(await refusal(at(':wrong@'))).toMatch(
      /^--queue: redis:\/\/127\.0\.0\.1:\d+: the user or the password is wrong/,
    );
    expect(await refusal(at('me:wrong@'))).toMatch(/: the user or the password is wrong/);
    expect(await refusal(at(''))).toMatch(/: a password is needed/);
  });
  it('tells a server that is not there', async () => {
    const port = await freePort();
    expect(await refusal(`redis://:geheim@127.0.0.1:${port}`)).toBe(
      `--queue: redis://127.0.0.1:${port}: the Redis server cannot be reached: ECONNREFUSED (is it running, and is the URL right?)`,
    );
  });
  it('tells a server that never answers, and one that is no Redis', async () => {
    const servers = [
      createServer(() => {}),
      createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ];
    const [silent, web] = await Promise.all(
      servers.map(async (server) => {
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        return refusal(`redis://127.0.0.1:${(server.address() as { port: number }).port}`);
      }),
    );
    expect(silent).toContain('the Redis server cannot be reached: no answer');
    expect(web).toContain('what answers there is no Redis server');
    for (const server of servers) server.close();
  });
  it('speaks TLS with a server whose certificate is trusted, and with no other', async () => {
    const secure = await startRedis('secret', true);
    const args = [
      'worker',
      '--queue',
      `rediss://:secret@localhost:${secure.tlsPort}`,
      '--idle-exit',
      '1',
      '-j',
      '1',
    ];
    const trusted = await kvmtimer(args, { env: { NODE_EXTRA_CA_CERTS: CERTIFICATE } });
    expect(trusted).toEqual({
      code: 0,
      stdout: '',
      stderr: `waiting for work from rediss://localhost:${secure.tlsPort} with 1 threads\n0 points in 0 batches\n`,
    });
    const stranger = await kvmtimer(args);
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toMatch(
      /^error: --queue: rediss:\/\/localhost:\d+: .*: DEPTH_ZERO_SELF_SIGNED_CERT/,
    );
    await secure.remove();
  });
  it('tells TLS where there is none', async () => {
    expect(await refusal(`rediss://:geheim@127.0.0.1:${redis.port}`)).toMatch(
      /cannot be reached: (?!.*geheim)/,
    );
  });
});
