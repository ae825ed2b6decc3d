// Loads the same libraries as flexunet-train and does nothing: what startup.sh takes off.
int main() { return 0; }
