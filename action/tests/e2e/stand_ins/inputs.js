'use strict'

// What the stand-ins share; the harness lays a copy of it beside each of them.
const fs = require('node:fs')
const path = require('node:path')

// The runner only warns of an input that an action does not have. Here it fails: the real action may
// know it, and a scenario would pass without what it asks for.
function refuseUnknown(folder) {
  const text = fs.readFileSync(path.join(folder, 'action.yml'), 'utf8')
  const inputs = /^inputs:\n((?: .*\n)*)/m.exec(text)[1]
  const known = [...inputs.matchAll(/^ {2}([a-z-]+):/gm)].map((match) => match[1])
  const given = Object.keys(process.env)
    .filter((name) => name.startsWith('INPUT_'))
    .map((name) => name.slice('INPUT_'.length).toLowerCase())
  const unknown = given.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new Error(`the stand-in has no input ${unknown.join(', ')}; it has: ${known.join(', ')}`)
  }
}

// As the real ones read lists: one item a line, and between quotes ("" for one) an item of several. What a comma
// separates is an item too only where the real action says so.
function list(text, { commas = false } = {}) {
  return [...text.matchAll(/^[ \t]*"((?:[^"]|"")*)"[ \t]*$|^(.*)$/gm)]
    .flatMap(([, quoted, plain]) => {
      if (quoted !== undefined) return [quoted.replaceAll('""', '"')]
      return commas ? plain.split(',') : [plain]
    })
    .map((item) => item.trim())
    .filter(Boolean)
}

module.exports = { list, refuseUnknown }
