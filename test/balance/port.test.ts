/**
 * A balance on a serial port, at the other end of two pseudo-terminals that socat joins. Where socat is missing these tests are
 * skipped, and the reporter says so; CI installs it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LineGuard } from '#hil/rig/serial/line-guard'
import { BalancePort } from '#scripts/balance-port'

const HAS_SOCAT = process.env['PUMPBENCH_TOOLS'] === 'required' || spawnSync('socat', ['-V']).status === 0

describe.skipIf(!HAS_SOCAT)('a balance on a pseudo-terminal (needs socat)', () => {
  let folder = ''
  let socat: ChildProcess | undefined
  let peer: SerialPort | undefined
  let balance: BalancePort | undefined
  const host = () => join(folder, 'host')

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pumpbench-pty-'))
    const ends = [host(), join(folder, 'peer')]
    socat = spawn(
      'socat',
      ends.map((link) => `pty,raw,echo=0,link=${link}`),
      { stdio: 'ignore' },
    )
    await until(() => ends.every((end) => existsSync(end)))
  })
  afterEach(async () => {
    await balance?.close()
    await new Promise<void>((resolve) => (peer?.isOpen ? peer.close(() => resolve()) : resolve()))
    socat?.kill()
    rmSync(folder, { recursive: true, force: true })
    balance = undefined
    peer = undefined
  })

  /** A peer that answers each line it hears by the script; silent where the script has no answer. */
  async function scripted(script: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const port = new SerialPort({ path: join(folder, 'peer'), baudRate: 9600, autoOpen: false })
    peer = port
    port.on('error', () => undefined)
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())))
    let heard = ''
    port.on('data', (bytes: Buffer) => {
      heard += bytes.toString('latin1')
      for (let end = heard.indexOf('\r\n'); end >= 0; end = heard.indexOf('\r\n')) {
        for (const chunk of script[heard.slice(0, end)] ?? []) port.write(Buffer.from(chunk, 'latin1'))
        heard = heard.slice(end + 2)
      }
    })
  }

  it('is asked and answers, through noise and in pieces', async () => {
    await scripted({
      I4: ['\xff\x00rubbish\r\n', 'I4 A "B02', '1"\r\n'],
      SI: ['S D     1.2', '345 g\r\n'],
    })
    balance = await BalancePort.open({ path: host(), answer_ms: 5000 })
    expect(await balance.ask('I4')).toEqual({ kind: 'reply', reply: { kind: 'serial', serial: 'B021' } })
    expect(await balance.ask('SI')).toMatchObject({
      kind: 'reading',
      reading: { stable: false, mass_mg: { n: 2469n, d: 2n } },
    })
    expect(balance.tally).toEqual({ stable: 0, unstable: 1, refused: 1 })
  })

  it('that says nothing is given up, with what to look at', async () => {
    await scripted({})
    balance = await BalancePort.open({ path: host(), answer_ms: 200 })
    await expect(balance.ask('SI')).rejects.toThrow(
      /did not answer SI within 0\.2 s; nothing was heard\. Is it on, at 9600 baud/,
    )
  })

  it('that says one thing and no answer is told so', async () => {
    await scripted({ SI: ['rubbish\r\n'] })
    balance = await BalancePort.open({ path: host(), answer_ms: 200 })
    await expect(balance.ask('SI')).rejects.toThrow(/; 1 line was heard that is no answer\./)
  })

  it('that is unplugged is gone for good', async () => {
    await scripted({ SI: ['S S     1.0000 g\r\n'] })
    const opened = await BalancePort.open({ path: host(), answer_ms: 3000 })
    balance = opened
    await opened.ask('SI')
    socat?.kill('SIGKILL')
    await expect(opened.ask('SI')).rejects.toThrow(/is gone|did not answer/)
    await opened.close()
    await opened.close()
    await expect(opened.ask('SI')).rejects.toThrow(/is gone|did not answer/)
  })
})

describe('a balance on a port that is not there', () => {
  it('is refused with the path', async () => {
    const path = join(tmpdir(), 'no-such-port')
    await expect(BalancePort.open({ path })).rejects.toThrow(/no-such-port cannot be opened/)
  })
})

describe('the guard before the line parser', () => {
  it('lets only the beginning of an endless line pass, and whole lines after it', async () => {
    const guard = new LineGuard(10)
    const out: Buffer[] = []
    guard.on('data', (chunk: Buffer) => out.push(chunk))
    for (let chunk = 0; chunk < 1000; chunk += 1) guard.write(Buffer.alloc(1000, 'x'))
    guard.write('\nS S 1 g\n')
    guard.end()
    await new Promise((resolve) => guard.on('end', resolve))
    expect(Buffer.concat(out).toString()).toBe(`${'x'.repeat(10)}\nS S 1 g\n`)
  })
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 500) throw new Error('the pseudo-terminals did not come up')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
