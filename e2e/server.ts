import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BINARY = resolve(process.env.CRM_BIN ?? process.env.CRM_BINARY ?? '../target/release/crm');
const START_MS = 20_000;

/** A running server over a data directory of its own. */
export interface Server {
  url: string;
  /** All it has printed so far; the one-time link of the first start is in it. */
  output: () => string;
  /** Stops it and keeps its data, as a crash or an update would. */
  halt: () => Promise<void>;
  /** Starts it again over the same data at the same address. */
  resume: () => Promise<void>;
  stop: () => Promise<void>;
}

/** A server with the demonstration data, and who may sign in. */
export interface DemoServer extends Server {
  email: string;
  password: string;
}

/** Starts the binary without any data. */
export async function startEmpty(): Promise<Server> {
  return start(newDataDir());
}

/** Loads the demonstration data, then starts the binary. */
export async function startDemo(): Promise<DemoServer> {
  const dataDir = newDataDir();
  const printed = execFileSync(BINARY, ['demo'], { env: environment(dataDir), encoding: 'utf8', timeout: 120_000 });
  const email = /[\w.+-]+@[\w.-]+\w/.exec(printed)?.[0];
  const password = /(?:password|parola)\W+(\S+)/i.exec(printed)?.[1];
  if (!email || !password) throw new Error(`crm demo printed no e-mail and password:\n${printed}`);
  return { ...(await start(dataDir)), email, password };
}

function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'crm-e2e-'));
}

function environment(dataDir: string, port?: number): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, CRM_DATA_DIR: dataDir, ...(port && { CRM_LISTEN: `127.0.0.1:${port}` }) };
}

async function start(dataDir: string): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  const run = async () => {
    const child = spawn(BINARY, ['serve'], { env: environment(dataDir, port), stdio: 'pipe' });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    await untilReady(url, child, () => output);
    return child;
  };
  let running: ChildProcess | undefined = await run();
  const halt = async () => {
    const child = running;
    running = undefined;
    if (!child) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  };
  return {
    url,
    output: () => output,
    halt,
    resume: async () => {
      running ??= await run();
    },
    stop: async () => {
      await halt();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/api/v1/crm/setup/`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not start:\n${output()}`);
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))));
    });
  });
}
