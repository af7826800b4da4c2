export STATEFERRY_PLUGIN_PATH=plugins
stateferry inspect snapshots/2.3.0-inc
