stateferry plugins describe rclone
