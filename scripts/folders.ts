/**
 * Folders for what is written, made one below the other.
 *
 * Node's own way of making a whole path tries again for ever where a file system answers that there is no such place, as
 * /proc does.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes an absolute path a folder, with those above it. Throws what the file system says of the first that cannot be made. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}
