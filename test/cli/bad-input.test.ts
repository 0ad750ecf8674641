import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunOptions, run } from '#scripts/commands/run'
import { changed, MINIMAL } from '../scenario/minimal.ts'
import { emptyFolder, type Folder } from './command.ts'

const folder = emptyFolder()

/** What `run` makes of a path, in this process. */
function ran(path: string, options: RunOptions = {}) {
  return folder.here(() => run([path], { rig: 'ideal', ...options }))
}

const more = (text: string) => `${MINIMAL}${text}\n`

/** Each list of ten holds the one before it ten times: ten levels are a text of 10^10 values. */
const ALIAS_BOMB = Array.from({ length: 10 }, (_, n) => {
  const item = n === 0 ? '1' : `*a${n - 1}`
  return `x${n}: &a${n} [${Array(10).fill(item).join(', ')}]\n`
}).join('')

/** The place is a pattern of `line:column`. */
type Row = readonly [label: string, content: string | Uint8Array, place: string, message: string]

const FILES: readonly Row[] = [
  ['an unknown key', more('durations: 7 d'), '10:1', 'did you mean "duration"?'],
  ['a quantity without a unit', changed('7 d', '7'), '6:11', '7 has no unit'],
  ['a unit of another quantity', changed('7 d', '7 mL'), '6:11', '"mL" is a unit of volume'],
  ['a negative quantity', changed('50 ug/d', '-50 ug/d'), '9:47', '"-50 ug/d" is negative'],
  ['not a number', changed('50 ug/d', '.nan'), '9:47', '".nan" is not'],
  ['a number beyond all numbers', changed('50 ug/d', '1e309 ug/d'), '9:47', '1e309'],
  ['an entry beyond the end', more('  - { at: 8 d, therapy: { mode: stopped } }'), '10:11', 'not before the end'],
  ['two therapies at one time', more('  - { at: 0 h, therapy: { mode: stopped } }'), '10:11', 'another therapy'],
  ['an empty file', '', '1:1', 'the file is empty'],
  ['a file of 10 MB', '#'.repeat(10_000_000), '1:1', 'larger than 1048576 bytes'],
  ['broken YAML', 'a: [1\nb: 2', '2:1', 'not valid YAML'],
  ['aliases that multiply', ALIAS_BOMB, '\\d+:\\d+', 'aliases expanded'],
  ['20,000 levels of lists', '['.repeat(20_000), '1:33', 'nested too deeply'],
  ['20,000 levels of maps', '{a: '.repeat(20_000), '1:129', 'nested too deeply'],
  ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), '1:1', 'binary'],
  ['zeros', new Uint8Array(4096), '1:1', 'binary'],
  ['a key that occurs twice', more('seed: 1\nseed: 2'), '11:1', 'the key "seed" occurs twice'],
  ['a key that would reach the prototype', more('__proto__: { seed: 3 }'), '10:1', 'unknown key "__proto__"'],
  ['a name that is a path', changed('a-name', '../../a-name'), '2:7', '"../../a-name"'],
  ['a name that is a device', changed('a-name', '/dev/null'), '2:7', '"/dev/null"'],
]

/** `file:line:column:` at the start of a line. */
function placesIn(stderr: string): string[] {
  return [...stderr.matchAll(/^(.+?:\d+:\d+): /gm)].map(([, place]) => place ?? '')
}

describe('a file that is wrong is refused by name, line and column, and nothing is run', () => {
  it.each(FILES)('%s', async (_, content, place, message) => {
    folder.write('bad.yaml', content)
    const { status, stdout, stderr } = await ran('bad.yaml', { json: 'out/r.json', trace: 'out/t' })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^bad\\.yaml:${place}: `, 'm'))
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\d+ problems?; nothing was run\n$/)
    expect(stderr.length).toBeLessThan(2000)
    expect(folder.names()).toEqual(['bad.yaml'])
  })

  it('all of them at once, in one go', async () => {
    for (const [label, content] of FILES) folder.write(`bad/${label.replaceAll(/\W+/g, '-')}.yaml`, content)
    const { status, stdout, stderr } = await folder.pumpbench('run', 'bad')
    expect([status, stdout]).toEqual([2, ''])
    const named = new Set(placesIn(stderr).map((place) => place.replace(/:\d+:\d+$/, '')))
    expect([...named].sort()).toEqual(FILES.map(([label]) => `bad/${label.replaceAll(/\W+/g, '-')}.yaml`).sort())
  })
})

const PATHS: readonly [label: string, place: (folder: Folder) => string, message: string][] = [
  ['that is not there', () => 'none.yaml', 'none.yaml:1:1: cannot be read: no such file'],
  ['of a folder without a scenario', ({ path }) => made(path, 'bare'), 'bare:1:1: no scenario in this folder'],
  ['of a folder called like a scenario', ({ path }) => made(path, 'x.yaml'), 'x.yaml:1:1: no scenario in this folder'],
  ['that ends in nothing', ({ path }) => linked(path, 'x.yaml', 'nowhere'), 'x.yaml:1:1: cannot be read: no such file'],
  [
    'that leads to itself',
    ({ path }) => linked(path, 'x.yaml', 'x.yaml'),
    'x.yaml:1:1: cannot be read: too many links',
  ],
  [
    'through a file',
    ({ write }) => `${write('a.yaml', MINIMAL)}/b.yaml`,
    'a.yaml/b.yaml:1:1: cannot be read: a part of',
  ],
  ['without a name', () => '', ':1:1: cannot be read: no such file'],
]

function made(path: string, name: string): string {
  mkdirSync(join(path, name))
  return name
}

function linked(path: string, name: string, target: string): string {
  symlinkSync(target, join(path, name))
  return name
}

describe('a path is refused', () => {
  it.each(PATHS)('%s', async (_, place, message) => {
    const { status, stdout, stderr } = await ran(place(folder))
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it.skipIf(!existsSync('/dev/zero'))('that leads to a device without end', async () => {
    symlinkSync('/dev/zero', join(folder.path, 'zero.yaml'))
    for (const path of ['/dev/zero', 'zero.yaml', '.']) {
      const { status, stderr } = await folder.pumpbench('run', path)
      expect(status).toBe(2)
      expect(stderr).toContain('not a regular file')
    }
  })
})

describe('several mistakes', () => {
  it('in the files and in the options are told together', async () => {
    folder.write('a.yaml', changed('7 d', '7').replace('50 ug/d', '50'))
    folder.write('b.yaml', changed('20 mL', '21 mL').replace('a-name', 'b'))
    folder.write('good.yaml', changed('a-name', 'good'))
    const before = folder.names()
    const { status, stdout, stderr } = await folder.pumpbench(
      ...['run', 'a.yaml', 'b.yaml', 'none.yaml', 'good.yaml', '--rig', 'steam', '--pump', 'syringe'],
      ...['--json', 'good.yaml', '--html', 'out/r.html'],
    )
    expect([status, stdout]).toEqual([2, ''])
    expect(placesIn(stderr).sort()).toEqual(['a.yaml:6:11', 'a.yaml:9:47', 'b.yaml:4:59', 'none.yaml:1:1'])
    expect(stderr).toContain('--rig "steam" is not known; this version has: avr, ideal')
    expect(stderr).toContain('--pump "syringe" is not known; this version has: model')
    expect(stderr).toContain('--json good.yaml: this is the input good.yaml')
    expect(stderr).toContain('7 problems; nothing was run')
    expect(folder.names()).toEqual(before)
  })

  it('one of them keeps every other file from running', async () => {
    folder.write('s/good.yaml', changed('a-name', 'good'))
    folder.write('s/later.yaml', changed('7 d', '7'))
    expect((await folder.pumpbench('run', 's', '--json', 'r.json', '--trace', 't')).status).toBe(2)
    expect(folder.names()).toEqual(['s/good.yaml', 's/later.yaml'])
  })

  it('a name that two files share names both', async () => {
    folder.write('s/a.yaml', MINIMAL)
    folder.write('s/b.yaml', MINIMAL)
    const { status, stderr } = await folder.pumpbench('run', 's')
    expect(status).toBe(2)
    expect(stderr).toContain('s/b.yaml:2:7: the name "a-name" is already that of s/a.yaml')
  })
})

describe('a speed', () => {
  it('has no meaning on a virtual clock', async () => {
    folder.write('a.yaml', MINIMAL)
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--speed', '2')
    expect(status).toBe(2)
    expect(stderr).toContain('--speed has no meaning on --rig ideal, whose clock is virtual')
  })
})
