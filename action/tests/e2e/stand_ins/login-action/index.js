'use strict'

const { spawnSync } = require('node:child_process')
const core = require('@actions/core')
const { refuseUnknown } = require('./inputs.js')

function docker(given, input) {
  const ended = spawnSync('docker', given, { encoding: 'utf8', input })
  if (ended.error) throw ended.error
  if (ended.status !== 0) throw new Error(ended.stderr.trim())
}

function login() {
  refuseUnknown(__dirname)
  if (!process.env.DOCKER_CONFIG) {
    throw new Error("DOCKER_CONFIG is not set: the credentials would go to this machine's own user")
  }
  const registry = core.getInput('registry', { required: true })
  const username = core.getInput('username', { required: true })
  const password = core.getInput('password', { required: true })
  core.saveState('registry', core.getBooleanInput('logout') ? registry : '')
  docker(['login', '--username', username, '--password-stdin', registry], password)
  core.info(`Logged in to ${registry} as ${username}.`)
}

function logout() {
  const registry = core.getState('registry')
  if (!registry) return
  docker(['logout', registry])
  core.info(`Logged out of ${registry}.`)
}

try {
  if (core.getState('post')) {
    logout()
  } else {
    core.saveState('post', 'yes')
    login()
  }
} catch (error) {
  core.setFailed(error.message)
}
