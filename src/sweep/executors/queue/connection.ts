import { Redis } from 'ioredis';
import { UserError } from '../../../user-error.ts';

/** An unreachable server is told within this time. */
const FIRST_ANSWER_MS = 4000;
const RETRY_MS = 1000;
/** A connection that is silent for so long though an answer is due was cut without notice. */
const SILENCE_MS = 15_000;
const LOSS_NOTICE_MS = 2000;

/** Address of a Redis server, with what a message may show of it: never the user or the password. */
export interface QueueAddress {
  readonly url: string;
  readonly shown: string;
}

/** Checks a `redis://` or `rediss://` URL. Throws a UserError ("queue-address"), without the text it was given. */
export function parseQueueAddress(text: string): QueueAddress {
  const hint = 'redis://host:6379 or, with TLS and a password, rediss://user:password@host:6379';
  const fault = (message: string) => new UserError('queue-address', { path: '--queue', message, hint });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw fault('is no URL');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw fault('is not the URL of a Redis server');
  if (url.hostname === '') throw fault('names no host');
  return { url: text, shown: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}` };
}

/** Makes sure that the server answers; throws a UserError ("queue-unreachable", "queue-refused") when it does not. */
export async function assertReachable(address: QueueAddress): Promise<void> {
  const client = new Redis(address.url, {
    lazyConnect: true,
    connectTimeout: FIRST_ANSWER_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let failure: Error | undefined;
  client.on('error', (error: Error) => {
    failure ??= error;
  });
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), FIRST_ANSWER_MS);
  });
  try {
    await Promise.race([client.connect().then(() => client.ping()), deadline]);
  } catch (error) {
    throw unreachable(address, failure ?? (error as Error));
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}

/** The server's own words may hold what it was sent: only their kind is shown. */
function unreachable({ shown }: QueueAddress, error: Error): UserError {
  const { message, code } = error as NodeJS.ErrnoException;
  const fault = (kind: string, text: string, hint: string) =>
    new UserError(kind, { path: '--queue', message: `${shown}: ${text}`, hint });
  if (/WRONGPASS|invalid password|invalid username|without any password/i.test(message)) {
    return fault(
      'queue-refused',
      'the user or the password is wrong',
      'the URL holds both: redis://user:password@host',
    );
  }
  if (/NOAUTH|authentication required/i.test(message)) {
    return fault('queue-refused', 'a password is needed', 'redis://:password@host:6379');
  }
  if (/\bRESP\b|Protocol error/.test(message)) {
    return fault('queue-unreachable', 'what answers there is no Redis server', 'is the URL right?');
  }
  const reason =
    code ?? (/^(no answer|connect ETIMEDOUT)$/.test(message) ? 'no answer' : firstWords(message));
  return fault(
    'queue-unreachable',
    `the Redis server cannot be reached: ${reason}`,
    'is it running, and is the URL right?',
  );
}

function firstWords(message: string): string {
  return message.replace(/\/\/[^@\s]*@/g, '//').slice(0, 100);
}

/** A connection that outlives restarts of the server and cuts of the network; what is asked meanwhile waits. */
export function connectLasting(address: QueueAddress, onNotice?: (text: string) => void): Redis {
  const client = new Redis(address.url, {
    maxRetriesPerRequest: null,
    retryStrategy: () => RETRY_MS,
    socketTimeout: SILENCE_MS,
    connectTimeout: FIRST_ANSWER_MS,
  });
  client.on('error', () => {});
  if (onNotice !== undefined) tellLosses(client, address, onNotice);
  return client;
}

/** Ends a connection for good, without a word. */
export function end(client: Redis): void {
  client.removeAllListeners('close');
  client.disconnect();
}

function tellLosses(client: Redis, { shown }: QueueAddress, onNotice: (text: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  client.on('close', () => {
    timer ??= setTimeout(() => {
      told = true;
      onNotice(`the connection to ${shown} is lost; waiting for it`);
    }, LOSS_NOTICE_MS);
    timer.unref();
  });
  client.on('ready', () => {
    clearTimeout(timer);
    timer = undefined;
    if (told) onNotice(`connected to ${shown} again`);
    told = false;
  });
}
