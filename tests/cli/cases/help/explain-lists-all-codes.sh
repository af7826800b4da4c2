# Each line is a code and a sentence.
stateferry explain >said
count -vE '^[EW](-[A-Z0-9]+)+  .*\.$' <said
(($(count '^E-RULE-' <said) > 20)) && echo "many"
