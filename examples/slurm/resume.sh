# To be sourced by a batch script: runs a command, and puts the job back into the queue if it was stopped.

# Runs a command and ends with its exit code. SIGTERM, which Slurm sends before the time limit and
# before a preemption, is passed on, and the job is queued again: `sysgen run` stops cleanly, and the
# same command goes on where it stopped. So is a job whose engine was gone (exit code 5), and one that the
# signal ended before Python could handle it (143).
run_and_requeue() {
    local child code=0
    "$@" &
    child=$!
    trap 'kill -TERM "$child" 2>/dev/null' TERM
    while true; do
        code=0
        wait "$child" || code=$?
        kill -0 "$child" 2>/dev/null || break  # `wait` also returns when a signal comes
    done
    trap - TERM
    if [ "$code" -eq 130 ] || [ "$code" -eq 143 ] || [ "$code" -eq 5 ]; then
        if [ "${SLURM_RESTART_COUNT:-0}" -ge "${MAX_RESTARTS:-50}" ]; then
            echo "Restarted ${SLURM_RESTART_COUNT} times: see the log of the run." >&2
        else
            scontrol requeue "$(job_id)"
        fi
    fi
    return "$code"
}

job_id() {
    if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then
        echo "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
    else
        echo "$SLURM_JOB_ID"
    fi
}
