#!/bin/bash
# clusters.t: tests. Every planted fault of both architectures becomes one cluster that happens again,
# on the fast path and on the reference path. What it does is in clusters.c.
. "$(dirname "$0")/../tap.sh"
. tests/guest/program.sh

compile_program clusters
"$T/clusters" "$T/campaign"
