import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** A server that nobody has set up yet, on SQLite and in a directory of its own. */
export type FreshServer = { url: string; token: () => string; stop: () => void }

export async function startFresh(settings: Record<string, string> = {}): Promise<FreshServer> {
  const directory = mkdtempSync(join(tmpdir(), 'annals-fresh-'))
  const binary = resolve(process.env.ANNALS_BIN ?? '../target/debug/annals')
  const server = spawn(binary, ['serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ANNALS_DATA_DIR: directory,
      ANNALS_LISTEN: '127.0.0.1:0',
      ANNALS_METRICS_LISTEN: 'off',
      ANNALS_LOG_FORMAT: 'json',
      ANNALS_ARGON2_MEMORY_KIB: '19456',
      ANNALS_OPERATORS_NEED_MFA: 'false',
      ...settings,
    },
  })
  const address = await new Promise<string>((found, failed) => {
    const lines: string[] = []
    server.once('exit', () => failed(new Error(`It did not start: ${lines.join('\n')}`)))
    // Read to the end: a full pipe would stop it at its next line.
    createInterface({ input: server.stderr }).on('line', (line) => {
      lines.push(line)
      const entry = JSON.parse(line)
      if (entry.message === 'listening') found(entry.address)
    })
  })
  const url = `http://${address}`
  await fetch(`${url}/readyz`)
  return {
    url,
    token: () => readFileSync(join(directory, 'setup-token'), 'utf8').trim(),
    stop: () => {
      server.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
