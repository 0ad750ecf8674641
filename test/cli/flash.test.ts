/** `pumpbench flash` and `ports` as a user starts them, with an avrdude that writes down what it was told. */
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RIG_BUILD, RIG_HEX } from '#hil/rig/firmware/image'
import { HAS_SOCAT } from '../wires/pty-pair.ts'
import { emptyFolder, ended } from './command.ts'
import { servedRigs, until } from './served.ts'

const folder = emptyFolder()
const serve = servedRigs(folder)

/** Puts an avrdude onto the path that does what the script says, and answers with the environment. */
function avrdude(script: string): NodeJS.ProcessEnv {
  folder.write('bin/avrdude', `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder.path, 'bin/avrdude'), 0o755)
  return { ...process.env, PATH: [join(folder.path, 'bin'), process.env['PATH']].join(delimiter), SEEN: folder.path }
}

const WRITES_DOWN =
  'for word in "$@"; do echo "$word" >> "$SEEN/words"; done; cp rig.hex "$SEEN/image"; echo "writing | ### |" >&2'

function flash(env: NodeJS.ProcessEnv, ...args: string[]) {
  return ended(folder.start(['flash', ...args], { env }))
}

const words = () => folder.read('words').trimEnd().split('\n')

describe.skipIf(!HAS_SOCAT)('a board that answers afterwards (needs socat)', () => {
  it.each([
    [[], 'arduino', '115200'],
    [['--board', 'nano-old'], 'arduino', '57600'],
    [['--baud', '19200', '--programmer', 'urclock'], 'urclock', '19200'],
  ])('is flashed with %j', async (args, programmer, baud) => {
    const link = join(folder.path, 'ttyRIG')
    await serve('--pty', link)
    const { status, stdout, stderr } = await flash(avrdude(WRITES_DOWN), '--port', link, ...args)
    expect(stderr).toBe('writing | ### |\n')
    expect(stdout).toBe(
      `${link}: rig UNNAMED, firmware ${RIG_BUILD} (that of this version), boot id ${/boot id (\w+)/.exec(stdout)?.[1]}\n`,
    )
    expect(status).toBe(0)
    expect(words()).toEqual(['-c', programmer, '-p', 'm328p', '-P', link, '-b', baud, '-D', '-U', 'flash:w:rig.hex:i'])
    expect(folder.read('image')).toBe(RIG_HEX)
  })
})

describe('flashing', () => {
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pumpbench-flash-'))

  it('needs avrdude, and says how to come by it', async () => {
    const { status, stderr } = await flash(process.env, '--port', 'ttyRIG', '--avrdude', join(folder.path, 'none'))
    expect(status).toBe(2)
    expect(stderr).toMatch(/none is not installed, which writes to boards: `apt-get install avrdude`/)
  })

  it('hands a port over as one word, whatever it is called', async () => {
    const port = 'tty; touch $SEEN/owned `touch $SEEN/owned`'
    const { status } = await flash(avrdude(WRITES_DOWN), '--port', port)
    expect(status).toBe(3)
    expect(words()[5]).toBe(port)
    expect(existsSync(join(folder.path, 'owned'))).toBe(false)
  })

  it('fails when avrdude does, with its status, and leaves nothing behind', async () => {
    const before = leftovers()
    const { status, stderr } = await flash(avrdude('echo "programmer is not responding" >&2; exit 1'), '--port', 'ttyX')
    expect(status).toBe(3)
    expect(stderr).toMatch(
      /programmer is not responding\navrdude ended with status 1; the board may have no firmware now/,
    )
    expect(leftovers().filter((name) => !before.includes(name))).toEqual([])
  })

  it('fails when nothing answers, though avrdude was content', async () => {
    const { status, stderr } = await flash(avrdude('exit 0'), '--port', join(folder.path, 'ttyX'))
    expect(status).toBe(3)
    expect(stderr).toMatch(/it cannot be asked: .*firmware [0-9A-F]{8} was written and has to answer/)
  })

  it('is ended by Ctrl-C, and avrdude with it', async () => {
    const env = avrdude('echo $$ > "$SEEN/pid"; exec sleep 60')
    const child = folder.start(['flash', '--port', 'ttyX'], { env })
    const end = ended(child)
    const pid = () =>
      existsSync(join(folder.path, 'pid')) ? Number(readFileSync(join(folder.path, 'pid'), 'utf8')) : 0
    await until(() => pid() > 0)
    child.kill('SIGINT')
    expect(await end).toMatchObject({ status: 130, stderr: 'interrupted; the board may have no firmware now\n' })
    expect(() => process.kill(pid(), 0)).toThrow()
  })

  it.each([
    ['no port', [], /required option '--port <port>' not specified/],
    ['a board that is none', ['--port', 'x', '--board', 'mega'], /Allowed choices are uno, nano, nano-old/],
    ['a programmer that is an option', ['--port', 'x', '--programmer=-F'], /a programmer is a name/],
    ['an identity that nothing has', ['--port', 'usb:ffff:ffff'], /no port is usb:ffff:ffff/],
  ])('%s is refused', async (_what, args, message) => {
    const { status, stderr } = await folder.pumpbench('flash', ...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describe('ports', () => {
  it('lists those of this machine, whatever they are', async () => {
    expect(await folder.pumpbench('ports')).toMatchObject({ status: 0, stderr: '' })
    const { status, stdout } = await folder.pumpbench('ports', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'pumpbench/ports@1' })
  })
})
