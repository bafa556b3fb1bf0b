'use strict'

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const core = require('@actions/core')
const { refuseUnknown } = require('./inputs.js')

function main() {
  refuseUnknown(__dirname)
  const repository = core.getInput('repository')
  const source = JSON.parse(process.env.REPOSITORIES)[repository]
  if (!source) throw new Error(`Not Found: there is no repository ${repository}`)
  if (core.getBooleanInput('persist-credentials')) {
    throw new Error('persist-credentials is true: what runs later could use them')
  }
  const workspace = process.env.GITHUB_WORKSPACE
  const target = path.resolve(workspace, core.getInput('path'))
  if (!`${target}/`.startsWith(`${workspace}/`)) {
    throw new Error(`Repository path '${target}' is not under '${workspace}'`)
  }
  const git = (...words) => execFileSync('git', words, { cwd: target, encoding: 'utf8' }).trim()
  // As the real one does with a folder that is no checkout of this repository.
  fs.rmSync(target, { recursive: true, force: true })
  fs.mkdirSync(target, { recursive: true })
  git('clone', '--quiet', '--no-checkout', source, '.')
  git('remote', 'set-url', 'origin', `https://github.com/${repository}`)
  git('checkout', '--quiet', '--detach', core.getInput('ref') || 'origin/HEAD')
  const commit = git('rev-parse', 'HEAD')
  core.setOutput('commit', commit)
  core.info(`Checked out ${repository} at ${commit} into ${target}.`)
}

try {
  main()
} catch (error) {
  core.setFailed(error.message)
}
