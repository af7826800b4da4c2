stateferry convert --reencode --set a=b snapshots/2.3.0-inc new
