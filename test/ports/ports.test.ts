/** The ports of a machine: found without any other program, and a board found by what it is. */
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Greeting } from '#hil/rig/link/greeting'
import { kernelPorts } from '#hil/rig/serial/kernel-ports'
import type { PortFound } from '#hil/rig/serial/port-found'
import { portPath } from '#hil/rig/serial/port-list'
import { type PortsMachine, portReports, portsCommand } from '#scripts/commands/ports'
import { Machine } from './machine.ts'

const UNO = {
  idVendor: '2341',
  idProduct: '0043',
  serial: '7573530313535161',
  manufacturer: 'Arduino (www.arduino.cc)',
}
const NANO = { idVendor: '1a86', idProduct: '7523', product: 'USB Serial' }

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
afterEach(() => machine.remove())

const found = async () => kernelPorts(machine.root)

/** The machine as the command sees it; asked, every port gives this answer. */
function seen(answer: Greeting = { kind: 'silent', heard: '', bytes: 0 }): PortsMachine & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    list: found,
    root: machine.root,
    ask: (path) => {
      asked.push(path)
      return Promise.resolve(answer)
    },
    may: () => true,
  }
}

async function printed(options: object, of: PortsMachine): Promise<string> {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    expect(await portsCommand(options, of)).toBe(0)
    return out.mock.calls.map(([line]) => String(line)).join('\n')
  } finally {
    out.mockRestore()
  }
}

describe('ports as the kernel shows them', () => {
  it('are those with hardware behind them, with what USB knows of it', async () => {
    machine.plug('ttyACM0', UNO)
    machine.plug('ttyUSB3', NANO)
    machine.uart('ttyS0', '4')
    machine.uart('ttyS1', '0')
    machine.write('sys/class/tty/tty1/dev', '4:1')
    machine.link('dev/serial/by-id/usb-Arduino_Uno_7573-if00', '../../ttyACM0')
    expect(await found()).toEqual([
      {
        path: '/dev/ttyACM0',
        vendor: '2341',
        product: '0043',
        serial: '7573530313535161',
        description: 'Arduino (www.arduino.cc)',
        byId: '/dev/serial/by-id/usb-Arduino_Uno_7573-if00',
      },
      { path: '/dev/ttyS0' },
      { path: '/dev/ttyUSB3', vendor: '1a86', product: '7523', description: 'USB Serial' },
    ])
  })

  it('are none where there are none', async () => {
    expect(await found()).toEqual([])
    expect(await printed({}, seen())).toMatch(/no serial port/)
  })
})

describe('a board is found by its identity', () => {
  const ports: readonly PortFound[] = [
    { path: 'COM2', vendor: '2341', product: '0043', serial: 'A' },
    { path: 'COM10', vendor: '2341', product: '0043', serial: 'B:2' },
    { path: 'COM11', vendor: '1a86', product: '7523' },
    { path: 'COM1' },
  ]
  const path = (where: string) => portPath(where, async () => ports)

  it.each([
    ['usb:1a86:7523', 'COM11'],
    ['usb:1A86:7523', 'COM11'],
    ['usb:2341:0043:A', 'COM2'],
    ['usb:2341:0043:B:2', 'COM10'],
    ['COM10', 'COM10'],
    ['/dev/serial/by-id/usb-1', '/dev/serial/by-id/usb-1'],
  ])('%s is %s', async (where, expected) => expect(await path(where)).toBe(expected))

  it.each([
    ['usb:2341:0043', /2 ports are usb:2341:0043: usb:2341:0043:A at COM2, usb:2341:0043:B:2 at COM10; add the serial/],
    ['usb:2341:0043:C', /no port is usb:2341:0043:C; there are usb:2341:0043:A at COM2, .*usb:1a86:7523 at COM11/],
    ['usb:0403:6001', /no port is usb:0403:6001/],
    [
      'usb:23:43',
      /usb:23:43 names no board; a board is written usb:VID:PID or usb:VID:PID:SERIAL, such as usb:2341:0043/,
    ],
  ])('%s is refused', async (where, message) => await expect(path(where)).rejects.toThrow(message))

  it('is missed where nothing is plugged in', async () => {
    await expect(portPath('usb:2341:0043', async () => [])).rejects.toThrow(/no board is on USB/)
  })
})

describe('the command', () => {
  it('says what is on a port, who holds it and what it is called for good', async () => {
    machine.plug('ttyACM0', UNO)
    machine.plug('ttyUSB0', NANO)
    machine.link('dev/serial/by-id/usb-Uno', '../../ttyACM0')
    machine.process(4242, 'screen', ['/dev/null', '/dev/ttyACM0', '/dev/ttyACM0'])
    const of = seen()
    const text = await printed({}, of)
    expect(text).toBe(
      [
        '/dev/ttyACM0  usb:2341:0043:7573530313535161  Arduino (www.arduino.cc); Arduino Uno R3',
        '    /dev/serial/by-id/usb-Uno',
        '    held by screen (process 4242)',
        '/dev/ttyUSB0  usb:1a86:7523  USB Serial; CH340 adapter, as on many a Nano',
        '    nobody holds it',
      ].join('\n'),
    )
    expect(of.asked).toEqual([])
  })

  it('does not say that nobody holds a port when not all processes can be looked at', async () => {
    machine.plug('ttyACM0', UNO)
    machine.process(1, 'init', [])
    machine.write('proc/77/comm', 'secret')
    expect(await printed({}, seen())).toMatch(/nobody of your own holds it; processes of others could not be looked at/)
  })

  it('says that it does not know who holds a port where the system does not tell', async () => {
    machine.plug('ttyACM0', UNO)
    expect(await printed({}, seen())).toMatch(/who holds it is not known on this system/)
  })

  it('asks with --probe, but no port that somebody holds', async () => {
    machine.plug('ttyACM0', UNO)
    machine.plug('ttyACM1', { ...UNO, serial: 'B' })
    machine.process(4242, 'screen', ['/dev/ttyACM0'])
    const of = seen({ kind: 'silent', heard: 'Grbl 1.1f', bytes: 12 })
    expect(await printed({ probe: true }, of)).toMatch(/no rig: it says "Grbl 1\.1f"/)
    expect(of.asked).toEqual(['/dev/ttyACM1'])
  })

  it('says what to do where a port may not be used, and does not try', async () => {
    machine.plug('ttyACM0', UNO)
    const { gid } = statSync(join(machine.root, 'dev/ttyACM0'))
    machine.write('etc/group', `root:x:999999:\nuucp:x:${gid}:\n`)
    const of = { ...seen(), may: () => false }
    expect(await printed({ probe: true }, of)).toMatch(/you may not use it: `sudo usermod -aG uucp \$USER`/)
    expect(of.asked).toEqual([])
  })

  it('gives all of it as JSON', async () => {
    machine.plug('ttyACM0', UNO)
    mkdirSync(join(machine.root, 'proc/12/fd'), { recursive: true })
    const { schema, ports } = JSON.parse(await printed({ json: true, probe: true }, seen())) as {
      schema: string
      ports: unknown[]
    }
    expect(schema).toBe('pumpbench/ports@1')
    expect(ports).toEqual([
      {
        path: '/dev/ttyACM0',
        identity: 'usb:2341:0043:7573530313535161',
        usb: {
          vendor: '2341',
          product: '0043',
          serial: '7573530313535161',
          description: 'Arduino (www.arduino.cc)',
        },
        by_id: null,
        holders: [],
        holders_complete: true,
        permitted: true,
        answer: { kind: 'silent', heard: '', bytes: 0 },
      },
    ])
  })

  it('says what cannot be listed, instead of nothing', async () => {
    const out = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const broken = { ...seen(), list: () => Promise.reject(new Error('spawn EPERM')) }
    expect(await portsCommand({}, broken)).toBe(3)
    expect(out.mock.calls.join()).toMatch(/cannot be listed: spawn EPERM/)
    out.mockRestore()
  })

  it('reports every port', async () => {
    machine.plug('ttyACM0', UNO)
    const [report] = await portReports({}, seen())
    expect(report).toMatchObject({ port: { path: '/dev/ttyACM0' }, holders: null, greeting: undefined })
  })
})
