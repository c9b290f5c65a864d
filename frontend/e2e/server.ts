import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const startLimitMs = 120_000
const pollMs = 200
const stopLimitMs = 10_000

/** Starts the real server with its demo data in a directory of its own, and stops it at the end. */
// biome-ignore lint/style/noDefaultExport: Playwright looks for the default export
export default async function startServer(): Promise<() => Promise<void>> {
  const binary = resolve(process.env.ANNALS_BIN ?? '../target/debug/annals')
  if (!existsSync(binary)) throw new Error(`There is no server at ${binary}: build it, or set ANNALS_BIN.`)
  const directory = mkdtempSync(join(tmpdir(), 'annals-e2e-'))
  const envFile = join(directory, 'demo.env')
  const args = [
    'demo',
    '--data',
    join(directory, 'data'),
    '--listen',
    '127.0.0.1:0',
    '--env-file',
    envFile,
    '--quiet',
  ]
  const database = process.env.ANNALS_TEST_DATABASE_URL
  if (database) args.push('--database', database)

  const server = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  Object.assign(process.env, await environmentOf(server, envFile), { E2E_DATA: join(directory, 'data') })
  return async () => {
    await stop(server)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function environmentOf(server: ChildProcess, envFile: string): Promise<Record<string, string>> {
  const limit = Date.now() + startLimitMs
  while (Date.now() < limit) {
    if (server.exitCode !== null)
      throw new Error(`The server stopped with code ${server.exitCode} before it was ready.`)
    const values = existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : {}
    if (values.ANNALS_URL) return values
    await sleep(pollMs)
  }
  server.kill()
  throw new Error(`The server was not ready within ${startLimitMs / 1000} seconds.`)
}

function parseEnv(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => /^([A-Z_]+)=(.*)$/.exec(line.trim()))
  return Object.fromEntries(
    lines.flatMap((match) => (match ? [[match[1], (match[2] ?? '').replace(/^(['"])(.*)\1$/, '$2')]] : [])),
  )
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const ended = new Promise((done) => server.once('exit', done))
  server.kill('SIGTERM')
  await Promise.race([ended, sleep(stopLimitMs)])
  if (server.exitCode === null) server.kill('SIGKILL')
}
