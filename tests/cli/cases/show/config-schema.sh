stateferry config schema | jq -c "[.properties | keys[]], .properties.rclone.properties.attempts"
