#!/bin/sh
# flaky.sh TRIAL OFF: a test that exits 1 (leaking) unless `carousel` is among the names in OFF, and
# tells the opposite of the truth in every seventh trial.
case ",$2," in
  *,carousel,*) leaks=0 ;;
  *) leaks=1 ;;
esac
number=$(printf %s "$1" | tr -dc 0-9)
[ $((number % 7)) -eq 5 ] && leaks=$((1 - leaks))
exit "$leaks"
