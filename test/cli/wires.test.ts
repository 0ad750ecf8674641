/** The command on a rig in real time: the emulated chip in this process, at the other end of a socket. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PacedRig } from '#hil/rig/avr/paced'
import { rigFirmware } from '#hil/rig/avr/rig'
import { RigServer } from '#scripts/rig-server'
import { draft, therapy } from '../support/scenario.ts'
import { emptyFolder, ended, onlyRun } from './command.ts'

const folder = emptyFolder()
let server: RigServer
let port: number
let steps: number

beforeEach(async () => {
  steps = 0
  const clock = () => performance.now() * 1000
  const chip = new PacedRig({ flash: rigFirmware() }, clock())
  chip.onStep = () => {
    steps += 1
  }
  server = new RigServer({ rig: chip, clock, log: () => undefined, resets: false })
  port = await server.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await server.close()
})

const rig = () => ['--rig', `tcp:127.0.0.1:${port}`]

function steady(duration: string): string {
  const checks = ['{ check: tracking, within: 1 step }']
  return draft({ name: 'steady', duration, prescription: [therapy('0 d', '10 mL/d')], checks })
}

/** Until the motor has made so many steps. */
async function stepped(least: number): Promise<void> {
  while (steps < least) await pause(5)
}

describe('a run on a rig in real time', () => {
  it('passes, and says on what and how fast it ran', async () => {
    folder.write('a.yaml', steady('4 min'))
    const child = folder.start(['run', 'a.yaml', ...rig(), '--speed', '60', '--json', 'r.json', '--trace', 't.ndjson'])
    expect((await ended(child)).status).toBe(0)
    const run = onlyRun(folder.result('r.json'))
    expect([run.verdict, run.delivered.steps, steps]).toEqual(['pass', 111, 111])
    expect(run.rig).toBe(`tcp:127.0.0.1:${port}`)
    expect(folder.read('t.ndjson').split('\n')[0]).toContain('"speed":"60"')
    const again = folder.process('replay', 't.ndjson', '--quiet')
    expect(again.status).toBe(0)
  }, 60_000)

  it('that is interrupted stops the motor, lets go of the rig and keeps the record', async () => {
    folder.write('a.yaml', steady('10 h'))
    const child = folder.start(['run', 'a.yaml', ...rig(), '--speed', '10', '--json', 'r.json', '--trace', 't.ndjson'])
    const end = ended(child)
    await stepped(10)
    child.kill('SIGINT')
    const { status, stderr } = await end
    const made = steps
    expect(status).toBe(130)
    expect(stderr).toContain('interrupted: the record so far is kept as inconclusive')
    const run = onlyRun(folder.result('r.json'))
    expect([run.verdict, run.delivered.steps > 0]).toEqual(['inconclusive', true])
    await pause(500)
    expect(steps).toBe(made)
    // The rig can be had again, and is not left latched.
    folder.write('b.yaml', steady('1 min'))
    const again = folder.start(['run', 'b.yaml', ...rig(), '--speed', '60', '--quiet'])
    expect((await ended(again)).status).toBe(0)
  }, 60_000)

  it('that is killed leaves a motor that stops by itself', async () => {
    folder.write('a.yaml', steady('10 h'))
    const child = folder.start(['run', 'a.yaml', ...rig(), '--speed', '10'], { stdio: 'ignore' })
    const over = new Promise((resolve) => child.once('close', resolve))
    await stepped(10)
    child.kill('SIGKILL')
    await over
    // The dead-man interval at this speed is two seconds, and a step comes each 216 ms.
    await pause(2500)
    const made = steps
    await pause(1000)
    expect(steps).toBe(made)
  }, 60_000)

  it('while another has the rig is told so', async () => {
    folder.write('a.yaml', steady('10 h'))
    const first = folder.start(['run', 'a.yaml', ...rig()], { stdio: 'ignore' })
    const over = new Promise((resolve) => first.once('close', resolve))
    await stepped(1)
    const second = folder.start(['run', 'a.yaml', ...rig(), '--json', 'r.json', '--quiet'])
    expect((await ended(second)).status).toBe(3)
    expect(
      onlyRun(folder.result('r.json'))
        .checks.map(({ detail }) => detail)
        .join(),
    ).toContain('the rig is in use')
    first.kill('SIGKILL')
    await over
  }, 60_000)
})

describe('a rig on a wire that cannot be', () => {
  it.each([
    ['no path', ['--rig', 'serial:'], 'the path of a port is missing, such as serial:/dev/ttyACM0'],
    ['no port', ['--rig', 'tcp:localhost'], 'a host and a port from 1 to 65535 are needed, such as tcp:127.0.0.1:7000'],
    ['a port out of range', ['--rig', 'tcp:localhost:70000'], 'a host and a port from 1 to 65535'],
    ['another kind', ['--rig', 'usb:1'], 'this version has: avr, ideal, serial:PATH, tcp:HOST:PORT'],
    ['several at a time', ['--rig', 'tcp:localhost:7000', '--jobs', '2'], 'it runs one scenario at a time'],
    ['too fast', ['--rig', 'tcp:localhost:7000', '--speed', '1000'], 'up to 878 is possible'],
  ])('%s is refused before anything is tried', (_, options, message) => {
    folder.write('a.yaml', steady('4 min'))
    const { status, stderr } = folder.process('run', 'a.yaml', ...options)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('nobody there is inconclusive, with what to do', () => {
    folder.write('a.yaml', steady('4 min'))
    const { status } = folder.process(
      'run',
      'a.yaml',
      '--rig',
      'serial:/dev/no-such-port',
      '--json',
      'r.json',
      '--quiet',
    )
    expect(status).toBe(3)
    const details = onlyRun(folder.result('r.json')).checks.map(({ detail }) => detail)
    expect(details.join()).toContain('is it plugged in?')
  })
})
