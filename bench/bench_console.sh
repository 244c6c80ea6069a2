#!/bin/sh
# The console with 100,000 customers, in Debian's Chromium: how soon the list is there on a quarter of this machine's speed, how soon a filter
# answers, and how many nodes the page has. Beside each its goal; `CUSTOMERS=5000 bench/bench_console.sh` for a smaller try.
make -s browser-deps >/dev/null && exec tools/node.sh node bench/console.mjs
