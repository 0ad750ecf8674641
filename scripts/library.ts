/** The folder of the scenarios that come with pumpbench: beside this folder in a checkout, beside `dist` in the package. */
import { fileURLToPath } from 'node:url'

export const libraryFolder = fileURLToPath(new URL('../scenarios', import.meta.url))
