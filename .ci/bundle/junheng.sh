#!/bin/sh
# Install from this folder on the first start, then run junheng (without arguments: the page in the browser).
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
python=$(sh "$here/find-python") || exit 1
exec "$python" "$here/start.py" "$@"
