# completions/generate.sh made this from the option table; changes here are lost
function __twin_rest
set -l words (commandline -opc)
complete -C "twin-"(string join ' ' -- (string escape -- $words[2..-1]))" "(commandline -ct)
end
complete -c twin -f
complete -c twin -n 'test (count (commandline -opc)) -gt 1; and not contains -- help (commandline -opc)[2]' -a '(__twin_rest)'
complete -c twin -n __fish_use_subcommand -a help -d 'open a page'
complete -c twin -n __fish_use_subcommand -a check -d 'health of a recording or a live stream, and conformance to a model'
complete -c twin -n __fish_use_subcommand -a diff -d 'compare states of twins, documents, or recordings'
complete -c twin -n __fish_use_subcommand -a get -d 'ask a store of twins: now, at a time, as known at a time'
complete -c twin -n __fish_use_subcommand -a ingest -d 'turn recordings in foreign formats into readings'
complete -c twin -n __fish_use_subcommand -a merge -d 'reconcile replicas of twins'
complete -c twin -n __fish_use_subcommand -a patch -d 'apply differences to states of twins, or to a document'
complete -c twin -n __fish_use_subcommand -a select -d 'filter, sort, limit, choose and rename members of any records'
complete -c twin -n __fish_use_subcommand -a set -d 'state what is desired of a twin, and wait for it'
complete -c twin -n __fish_use_subcommand -a sync -d 'fold a stream of records into the state of twins'
complete -c twin -n '__fish_seen_subcommand_from help' -a check
complete -c twin -n '__fish_seen_subcommand_from help' -a diff
complete -c twin -n '__fish_seen_subcommand_from help' -a expr
complete -c twin -n '__fish_seen_subcommand_from help' -a get
complete -c twin -n '__fish_seen_subcommand_from help' -a ingest
complete -c twin -n '__fish_seen_subcommand_from help' -a merge
complete -c twin -n '__fish_seen_subcommand_from help' -a model
complete -c twin -n '__fish_seen_subcommand_from help' -a patch
complete -c twin -n '__fish_seen_subcommand_from help' -a record
complete -c twin -n '__fish_seen_subcommand_from help' -a select
complete -c twin -n '__fish_seen_subcommand_from help' -a set
complete -c twin -n '__fish_seen_subcommand_from help' -a store
complete -c twin -n '__fish_seen_subcommand_from help' -a sync
complete -c twin -n '__fish_seen_subcommand_from help' -a twin
complete -c twin -n '__fish_seen_subcommand_from help' -a units
