#!/usr/bin/env bash
# The retrieval figures of docs/evaluation.md, in one go:  make eval
# DATA names the folder of the public sets (docs/evaluation.md says where to get them), CACHE keeps the indexes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

DATA=${DATA:-../shared/data}
CACHE=${CACHE:-${TMPDIR:-/tmp}/swallow-rag-eval-cache}
OUTPUT=${OUTPUT:-eval-runs}
EVAL=${EVAL:-swallow-rag}

valid=$DATA/jsquad/valid-v1.3.half-a.json.gz
test=$DATA/jsquad/test-v1.3.half-a.json.gz
jaquad=$DATA/jaquad/train.json.gz

if [ ! -e "$valid" ]; then
  echo "The public question sets are not in $DATA: docs/evaluation.md says where to get them; DATA=… names the folder."
  exit 0
fi

measure() { # NAME ARGUMENT...
  local name=$1
  shift
  echo
  "$EVAL" eval retrieval "$@" --cache "$CACHE" --output "$OUTPUT/$name"
}

measure jsquad "$valid"
measure jsquad-pool "$valid" --pool "$test" --pool "$jaquad"
measure jaquad-held-out "$jaquad" --half held-out --pool "$valid" --pool "$test"
for set in natural paraphrase; do
  measure "$set-reported" "data/eval/$set.jsonl" --folder "$DATA" --half reported
done
