-- Posts registrations with a file of 20 KB each, every one with a key and bytes of its own. Usage: TOKEN=… wrk -t1 -c16 -d12s -s registra.lua URL
local token = os.getenv("TOKEN")
local seme = os.getenv("SEME") or tostring(os.time())
local corpo = string.rep("Testo di prova della registrazione, con parole diverse. ", 366)
local n = 0
function request()
  n = n + 1
  local b = "confine1234"
  local nome = seme .. "-" .. n
  local r = '{"flusso":"entrata","oggetto":"Richiesta di accesso agli atti ' .. nome .. '","mezzo":"sportello","corrispondenti":[{"ruolo":"mittente","tipo":"persona-fisica","nome":"Ada","cognome":"Prova ' .. n .. '"}],"documenti":[{"parte":"doc","ruolo":"principale"}]}'
  local body = "--" .. b .. '\r\nContent-Disposition: form-data; name="registrazione"\r\nContent-Type: application/json\r\n\r\n' .. r .. "\r\n--" .. b ..
    '\r\nContent-Disposition: form-data; name="doc"; filename="doc' .. n .. '.txt"\r\nContent-Type: text/plain\r\n\r\n' .. nome .. corpo .. "\r\n--" .. b .. "--\r\n"
  return wrk.format("POST", "/api/v1/registrazioni", { ["Authorization"] = "Bearer " .. token, ["Idempotency-Key"] = nome, ["Content-Type"] = "multipart/form-data; boundary=" .. b }, body)
end
function response(stato, intestazioni, corpo)
  if stato ~= 201 then altri = (altri or 0) + 1; if altri < 4 then print(stato, corpo) end end
end
