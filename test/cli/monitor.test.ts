/** `pumpbench monitor`: what a rig says, in lines with both clocks. */
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeFrame } from '#protocol/frame'
import { MonitorLines } from '#scripts/monitor-lines'
import { emptyFolder, ended } from './command.ts'
import { servedRigs, until } from './served.ts'

const folder = emptyFolder()
const serve = servedRigs(folder)
let server: Server | undefined
afterEach(() => server?.close())

/** A peer on a socket that says what it is given, and hears nothing. */
async function peer(greet: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    greet(socket)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `tcp:127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

describe('a line of the monitor', () => {
  const noon = new Date('2026-01-05T12:00:00.250Z')

  it('has the time of day, the tick of the rig, and every field by its name', () => {
    const lines = new MonitorLines()
    const ack = encodeFrame(7, { type: 'ACK', token: 5, tick: 2 ** 32 - 1 })
    expect(lines.received(ack, noon, 0)).toEqual(['12:00:00.250    4294967295  < ACK 7, tick 4294967295'])
    // The clock of the wire comes round; that of the monitor goes on.
    const next = encodeFrame(8, { type: 'ACK', token: 5, tick: 9 })
    expect(lines.received(next, noon, 640)).toEqual(['12:00:00.250    4294967305  < ACK 8, tick 9'])
    expect(lines.received(Buffer.from('hello\n'), noon, 1280)).toEqual(['12:00:00.250   ~4294967315  < log "hello"'])
  })

  it('shows what is no frame and what is sent, and no control characters', () => {
    const lines = new MonitorLines()
    expect(lines.received(Buffer.from('$00\u001b[2J\n'), noon, 0)[0]).toMatch(
      /< no frame \([a-z -]+\): "\$00\\u001b\[2J"$/,
    )
    expect(lines.sent(encodeFrame(0, { type: 'HELLO', nonce: 3 }), noon, 0)).toEqual([
      '12:00:00.250             -  > HELLO 0, nonce 3',
    ])
    expect(lines.sent(Uint8Array.of(0x9b, 0x9b), noon, 0)[0]).toMatch(/> HALT$/)
  })
})

describe('the command', () => {
  it('opens a session, asks for the counters, and ends after so many lines', async () => {
    const { where } = await serve('--tcp', '0')
    const { status, stdout, stderr } = folder.process('monitor', '--rig', where, '--lines', '5', '--sent')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.trimEnd().split('\n')).toHaveLength(5)
    expect(stdout).toMatch(/> HELLO 0, nonce \d+\n/)
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} +\d+ {2}< WELCOME 0, nonce \d+, version 1, .*identity UNNAMED/m)
    expect(stdout).toMatch(/< TEL 0, tick \d+, forward 0, reverse 0, lost 0/)
  })

  it('goes by the names of pumpbench.yaml, and ends with Ctrl-C', async () => {
    const { where, said } = await serve('--tcp', '0')
    folder.write('pumpbench.yaml', `schema: pumpbench/bench@1\nrigs:\n  desk: ${where}\n`)
    const child = folder.start(['monitor', '--rig', 'desk'])
    const end = ended(child)
    let text = ''
    child.stdout?.on('data', (more: Buffer) => {
      text += more
    })
    await until(() => text.split('< TEL').length > 2)
    child.kill('SIGINT')
    expect(await end).toMatchObject({ status: 0, stderr: '' })
    await until(() => said().includes('is gone'))
  })

  it('sends nothing with --listen, and shows log lines as they come', async () => {
    let heard = 0
    const where = await peer((socket) => {
      socket.on('data', (bytes) => (heard += bytes.length))
      socket.write('Grbl 1.1f\nready\n')
    })
    const end = await ended(folder.start(['monitor', '--rig', where, '--listen', '--lines', '2']))
    expect(end.stdout).toMatch(/< log "Grbl 1\.1f"\n.*< log "ready"\n/)
    expect(heard).toBe(0)
  })

  it('shows no more than can be read, and counts the rest', async () => {
    const where = await peer((socket) => {
      socket.write(Array.from({ length: 3000 }, (_, k) => `line ${k}\n`).join(''))
      setTimeout(() => socket.write('last\n'), 1200)
    })
    const end = await ended(folder.start(['monitor', '--rig', where, '--listen', '--lines', '101']))
    expect(end.stdout).toMatch(/\.\.\. and 2900 lines more within that second\n.*"last"\n$/)
  })

  it('says that a wire is gone, and goes on when it is back', async () => {
    let times = 0
    const where = await peer((socket) => {
      times += 1
      socket.write(`time ${times}\n`, () => times < 2 && setTimeout(() => socket.destroy(), 50))
    })
    const end = await ended(folder.start(['monitor', '--rig', where, '--listen', '--lines', '2']))
    expect(end.stdout).toMatch(/log "time 1"\ntcp:\S+ is gone: .*tried again each second\n/)
    expect(end.stdout).toMatch(/log "time 2"\n/)
    expect(end.status).toBe(0)
  })

  it.each([
    ['nothing', [], 2, /say what to listen to/],
    ['both', ['--rig', 'tcp:a:1', '--port', 'b'], 2, /one of them/],
    ['a rig without a wire', ['--rig', 'avr'], 2, /--rig "avr": /],
    ['a port that is not there', ['--port', 'no-such-port'], 3, /serial:no-such-port cannot be opened: .*plugged in/],
    ['a board that is not there', ['--port', 'usb:ffff:ffff'], 3, /no port is usb:ffff:ffff/],
    ['a board that is none', ['--port', 'usb:1'], 2, /--port "serial:usb:1": a board is written usb:VID:PID/],
  ])('%s is refused', (_what, args, status, message) => {
    const end = folder.process('monitor', ...args)
    expect(end.status).toBe(status)
    expect(end.stderr).toMatch(message)
  })
})
