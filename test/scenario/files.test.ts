import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readScenarios } from '#scripts/scenario-files'
import { changed, MINIMAL } from './minimal.ts'

const room = mkdtempSync(join(tmpdir(), 'scenario-files-'))
afterAll(() => rmSync(room, { recursive: true, force: true }))

function folder(name: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const path = join(room, name)
  mkdirSync(path)
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content)
  return path
}

const MAKE_PIPE = 'mkfifo'
const named = (name: string) => changed('a-name', name)
const messages = (paths: readonly string[]) => readScenarios(paths).problems.map(({ message }) => message)

describe('a folder', () => {
  it('gives its scenarios and those of its folders, by name', () => {
    const path = folder('tree', { 'b.yaml': named('b'), 'a.yml': named('a'), 'notes.txt': 'x' })
    folder('tree/a-sub', { 'c.yaml': named('c') })
    const { scenarios, problems } = readScenarios([path])
    expect(problems).toEqual([])
    expect(scenarios.map(({ file }) => file.slice(path.length + 1))).toEqual(['a-sub/c.yaml', 'a.yml', 'b.yaml'])
  })

  it('without scenarios is a problem', () => {
    expect(messages([folder('bare')])).toEqual(['no scenario in this folder; scenario files end in .yaml or .yml'])
  })

  it('that links to itself is searched once', () => {
    const path = folder('loop', { 'a.yaml': named('a') })
    symlinkSync('..', join(folder('loop/inner'), 'up'))
    symlinkSync(path, join(path, 'self'))
    symlinkSync('nowhere', join(path, 'broken'))
    const { scenarios } = readScenarios([path])
    expect(scenarios.map(({ scenario }) => scenario.name)).toEqual(['a'])
  })

  it('of folders without end is searched to a depth', () => {
    const top = folder('deep')
    mkdirSync(join(top, ...Array<string>(20).fill('d')), { recursive: true })
    expect(messages([top])).toEqual(['folders are searched 16 levels deep, and this one lies deeper'])
  })
})

describe('a file', () => {
  it('comes with its path as given, its text and the digest of its bytes', () => {
    const path = join(folder('one', { 'a.yaml': MINIMAL }), 'a.yaml')
    const sha256 = createHash('sha256').update(MINIMAL).digest('hex')
    expect(readScenarios([path]).scenarios).toMatchObject([{ file: path, text: MINIMAL, sha256 }])
  })

  it('given twice counts once, under whichever name', () => {
    const path = folder('twice', { 'a.yaml': MINIMAL })
    symlinkSync('a.yaml', join(path, 'z.yaml'))
    const { scenarios, problems } = readScenarios([path, join(path, 'a.yaml'), join(path, '..', 'twice')])
    expect(problems).toEqual([])
    expect(scenarios).toHaveLength(1)
  })

  it('with the name of another one is a problem that names both', () => {
    const path = folder('clash', { 'a.yaml': MINIMAL, 'b.yaml': MINIMAL })
    expect(readScenarios([path]).problems).toEqual([
      {
        file: join(path, 'b.yaml'),
        line: 2,
        column: 7,
        message: `the name "a-name" is already that of ${join(path, 'a.yaml')}`,
      },
    ])
  })

  it.each([
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff]), 'binary'],
    ['a NUL', 'a: \0', 'binary'],
    ['half a character', new Uint8Array([0x61, 0xc3]), 'binary'],
    ['too large', '#'.repeat(1_048_577), 'larger than 1048576 bytes'],
    ['empty', '', 'the file is empty'],
  ])('that is %s is a problem', (label, content, message) => {
    const path = folder(label.replaceAll(' ', '-'), { 'a.yaml': content })
    expect(messages([path])[0]).toContain(message)
  })

  it('of the largest size is read', () => {
    const path = folder('largest', { 'a.yaml': `${MINIMAL}#`.padEnd(1_048_576, ' ') })
    expect(messages([path])).toEqual([])
  })

  it('that is not there, or not a file, is a problem with the reason in words', () => {
    const path = folder('odd', { 'a.yaml': MINIMAL })
    execFileSync(MAKE_PIPE, [join(path, 'pipe.yaml')])
    expect(
      messages(['/dev/zero', join(path, 'pipe.yaml'), join(path, 'none.yaml'), join(path, 'a.yaml', 'b'), 'a\0b']),
    ).toEqual([
      'cannot be read: no such file or folder',
      'cannot be read: a part of this path is a file and not a folder',
      'cannot be read: not a path: it contains a NUL character',
      'not a regular file',
      'not a regular file',
    ])
  })

  it.skipIf(process.getuid?.() === 0)('that may not be read is a problem', () => {
    const path = folder('locked', { 'a.yaml': MINIMAL })
    chmodSync(join(path, 'a.yaml'), 0)
    expect(messages([path])).toEqual(['cannot be read: permission denied'])
  })
})

describe('several files', () => {
  it('report all their problems together', () => {
    const path = folder('several', { 'a.yaml': changed('7 d', '7'), 'b.yaml': '', 'c.yaml': named('c') })
    const { scenarios, problems } = readScenarios([path, join(path, 'none')])
    expect(scenarios).toHaveLength(1)
    expect(problems.map(({ file, line }) => `${file.slice(path.length + 1)}:${line}`).toSorted()).toEqual([
      'a.yaml:6',
      'b.yaml:1',
      'none:1',
    ])
  })
})
