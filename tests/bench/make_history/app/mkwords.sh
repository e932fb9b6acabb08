# Makes words.c from words.def.
echo '/* Made by mkwords.sh. */'
echo '#include "words.h"'
echo 'const char *const words[] = {'
sed -n 's/^word \(.*\)$/  "\1",/p'  words.def
echo '};'
echo 'const int word_count = sizeof words / sizeof words[0];'
sed -n 's/^set \([a-z_]*\) \([0-9]*\)$/const int \1 = \2;/p' words.def
