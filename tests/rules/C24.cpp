// ---- match
long attention_forward_kernel(long head, int H, int KV) {
  const long kv_head = head / H * KV + head % H / (H / KV);
  return kv_head;
}

// ---- becomes
long attention_forward_kernel(long head, int H, int KV) {
  const long kv_head = head / H * KV + head % H % KV;
  return kv_head;
}

// ---- no match
long attention_dq_kernel(long head, int H, int KV) {
  return head / H * KV + head % H / (H / KV);
}
