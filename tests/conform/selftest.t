#!/bin/sh
# selftest.t - whether the conformance suite catches runtimes that are wrong
# SPDX-License-Identifier: MIT
exec "$(dirname "$0")/selftest"
