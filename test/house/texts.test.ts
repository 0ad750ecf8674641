/**
 * What every text of the project must keep: no path of one machine, no host of a registry, no link that leads nowhere
 * and no command that does not exist.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const NOT_OURS = new Set(['node_modules', '.git', '.mutation', 'dist', 'coverage', 'report'])
const TEXT = /(?:\.(?:ts|mjs|js|json|ya?ml|md|svg|html|[ch]|txt)|^[^.]+|^\.[^.]+)$/
const THIS_FILE = relative(ROOT, fileURLToPath(import.meta.url))

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    // In a linked work tree `.git` is a file, which names where the repository is.
    if (NOT_OURS.has(path)) return []
    if (entry.isDirectory()) return filesBelow(path)
    return TEXT.test(entry.name) && !entry.name.startsWith('.test-report') ? [path] : []
  })
}

const files = filesBelow('')
  .filter((path) => path !== THIS_FILE)
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
const pages = files.filter(({ path }) => path.endsWith('.md'))

/** Places in texts that match, as `file:line: match`. */
function places(among: typeof files, pattern: RegExp): string[] {
  return among.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split('\n').length
      return `${path}:${line}: ${match[0].trim()}`
    }),
  )
}

describe('the texts of the project', () => {
  it('name no path of one machine', () => {
    expect(places(files, /(?<![\w.})\]*-])\/(?:home|root|Users|mnt|srv|work|workspace|private)\/\w[\w./-]*/g)).toEqual(
      [],
    )
    expect(places(files, /\b[A-Z]:\\+Users\b/g)).toEqual([])
  })

  it('name no host of a package registry', () => {
    expect(places(files, /\b(?:registry\.(?:npmjs|yarnpkg)|npm\.pkg\.github)\b/g)).toEqual([])
    const lock = files.filter(({ path }) => path === 'package-lock.json')
    expect(places(lock, /"resolved":.*/g)).toEqual([])
  })
})

describe('the pages', () => {
  it.each(pages)('$path links to files that exist', ({ path, text }) => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)|<img[^>]*\ssrc="([^"]+)"/g)].map((m) => m[1] ?? m[2] ?? '')
    const local = targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([])
  })

  it.each(pages)('$path names npm scripts that exist', ({ text }) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})
